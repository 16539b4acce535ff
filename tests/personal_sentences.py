"""Sentences with marked personal data, and sentences that look as if they had some; all invented.

``{name:Anna}`` marks a stretch. Numbers that have a check digit are made up or are published examples. The marks were
set by reading, not by running the recognisers: some of what is marked is not found.
"""

import re

MARKED = """
My name is {name:Grace} and I cried all night.
hi, my name is {name:anna} and i feel so alone
I'm so proud of {name:Jennifer}, she finally passed!
i miss {name:michelle} every single day
{name:Sarah Johnson} made me furious again yesterday.
My brother {name:Will} never calls me back.
Thank you {name:Michael J. Fox}, you gave me hope.
Dr. {name:Patel} told me it was nothing to fear.
Mrs. {name:Green} laughed at me in front of everyone.
We buried Uncle {name:Frank} on Sunday and I am broken.
{name:Hannah}'s party was the happiest night of my life
Love you {name:Ben} and {name:Emily}, you two are my joy
Why does {name:Karen} from accounting hate me?
i told {name:jessica miller} that i was scared
My daughter {name:Hope} was born this morning!!
I can't forgive {name:Olivia Brown} for what she did
so angry at mr {name:wilson} today
They call me {name:Joy}, which is a cruel joke.
Rest in peace, {name:Grandpa Joe}.
{name:Xochitl} said she was ashamed of me.
I love {name:Siobhan O'Brien} with all my heart
Everyone laughed when {name:Bartholomew} fell
{name:Priya} and {name:Mohammed} are getting married, I'm thrilled
My therapist {name:Dr Lee} says it will pass
I am {name:Faith}, 23, and I hate mondays
Mail me at {email:jane.doe@example.com} if you feel the same.
write to {email:sad.boy+1990@mail.example.co.uk}!
{email:JANE_DOE@EXAMPLE.ORG} never answers, so frustrating
contact: {email:jane (at) example (dot) com}
reach me, {email:tom.reed at gmail dot com}, I need to talk
Call me, I'm desperate: {phone:(212) 555-0143}
my cell is {phone:415.555.0199}, text anytime
ring {phone:+44 20 7946 0958} before I lose my mind
{phone:07700 900123} is my new number, so happy
Mum's number: {phone:+49 30 901820}
text me {phone:5550143987} pls
I live at home, tel {phone:+1-646-555-0100}, scared of my dad
so done with {handle:@the_real_jane}
thanks {handle:@joe99} and {handle:@mary_k} you made my day
RT {handle:@angryguy}: I hate everything
shoutout to {handle:u/throwaway_sad_girl} for listening
add me on snapchat: {account:sadgirl_22}
my insta is {account:jane.doe_99}, come say hi
kik: {account:lonelyheart7}
the video that broke me {link:https://youtu.be/dQw4w9WgXcQ}
read my story at {link:www.example.com/blog/my-divorce}.
my photos ({link:http://example.org/u/jane?id=4}) make me cry
{link:https://jane:secret@example.net/diary} do not open
my SSN is {id:219-09-9999} and someone stole it, I'm terrified
passport number {id:X1234567} lost, panic
NI number {id:AB 12 34 56 C}? no idea, so confused
They charged {card:4111 1111 1111 1111} twice, I'm livid
card {card:5500-0000-0000-0004} declined again, embarrassing
refund to {iban:DE89 3704 0044 0532 0130 00} please, I'm broke
{iban:GB82WEST12345698765432} is empty and so am I
banned my ip {ip:93.184.216.34} for nothing, unfair
their server {ip:2001:4860:4860::8888} is down, ugh
我叫{name:王小明}，今天特别难过。
大家好，我叫{name:李娜}，很高兴认识你们
我的名字是{name:欧阳雪}，我很害怕
谢谢{name:张}老师，我终于及格了，好开心！
{name:刘晓燕}女士的态度让我非常生气
今天{name:陈}医生告诉我没事，松了一口气
我好想{name:赵雅芝}
姓名：{name:周建国}，情绪低落
他叫{name:孙浩}，是我最讨厌的人
我女儿{name:林诗雨}考上大学了，太激动了！
{name:马云}又上热搜了，烦死了
同事{name:吴志强}天天欺负我
{name:司马光明}先生，您让我失望了
{name:小芳}走了，我哭了一夜
打我电话{phone:13812345678}，我快崩溃了
手机 {phone:+86 139 1234 5678} 随时联系，好孤独
家里座机{phone:010-62345678}没人接，急死了
手机号{phone:１３５００００１２３４}，气死我了
我的邮箱是{email:xiaoming@qq.com}，伤心的时候写信给我
邮箱 {email:wang_li88@163.com}，谢谢大家的安慰
加我微信{account:lonely_cat88}聊聊吧，好难过
微信号：{account:wxid_abc123}，求安慰
QQ{account:123456789}，谁来陪我
{handle:@小李飞刀} 你太让我感动了
回复{handle:@爱哭的鱼}:抱抱你
转发 {handle:@张三_2020} 的微博，气炸了
身份证号{id:11010519491231002X}泄露了，好害怕
我的身份证{id:110105194912310021}丢了，着急
银行卡 {card:6222 0212 3456 7890 128} 被盗刷，欲哭无泪
看看这个 {link:http://t.cn/A6abcde} 笑死我了
链接：{link:https://weibo.com/u/1234567890}，看完泪目
我住在朝阳区，电话：{phone:186-1234-5678}，救命
{name:王}先生和{name:李}小姐终于结婚了，羡慕
""".strip().splitlines()

CLEAN = """
I will never hope again.
Joy, grace and hope: that is all I want.
May I be happy? Will it pass?
Hope everyone is okay, faith keeps me going
Grace under pressure, I guess
Christmas in Paris made me so happy
Victoria's Secret is overpriced and I'm mad
I was pleased to see that April is finally over
Rose petals everywhere, what a joy
Mark my words, you will regret this
Bill came in at 200 dollars, I'm furious
Drew a picture of my sadness today
Jack of all trades, master of none
Sunny day, happy heart
I feel like a lost angel in heaven
Chase your dreams and love your life
Frank talk with my boss, feeling relieved
The Grand Canyon took my breath away
so angry i could rob a bank
what a cruel and bitter winter
dawn is breaking and i feel calm
i pat my dog and all my anger is gone
the art of being sad
Merry Christmas and a happy new year!
Patience is a virtue I do not have
Charity begins at home, they say
Serenity now!!!
Faith, trust and pixie dust
I love Sydney and Austin, such happy cities
Mr. President, shame on you
Dr. Who always cheers me up
Miss you so much it hurts
my name is not important
call me crazy but I like being alone
call me maybe made me smile
this is pure bliss :)
I'm Done with all of this
ugh @ work again
meet me @ 7pm, so excited
feeling sh@t today
b@stards, all of them
2016-09-12 was the worst day of my life
I scored 1,234,567 points, thrilled!
call 911, this is scary
it's 10:30:45 and I can't sleep
version 10.4.2.1 crashed again, so frustrating
my heart rate is 180/120 and I panic
only $1234567890 left on the national mood, lol
order 66 hurts every time
5-4-3-2-1 happy new year
3.14159265358979 is my mood
and/or, he/she, whatever, I am tired
I was born in 1999-2000, feeling old
the score was 12-10-2019, no joke
8.5/10 would cry again
instagram is down and I'm bored
my snapchat is boring
facebook: what a depressing place
r/relationships always makes me sad
wow... so... sad.
我叫你别走，你为什么不听
我叫了外卖，等得好生气
我叫车去机场，急死了
今天很高兴，谢谢大家
高兴得不得了！
语文老师今天夸我了，好开心
这个经理真让人生气
基金经理亏了我的钱，愤怒
平安喜乐，万事如意
安静一点，我很烦
明白了，原来你一直在骗我
黄金周人太多，烦死了
张开双臂拥抱幸福
白天睡觉晚上失眠，难受
那个老师太可怕了
任何老师都不能这样，气死我
关于老师的回忆，让我感动
和平年代，珍惜幸福
马上到家，激动
微信又崩了，好烦
QQ农场的回忆，哭了
2020年10月1日，最难过的一天
价格199999元，吓死我了
订单号12345，还没发货，急
哈哈哈哈哈哈，笑死
江南的春天真美
方便面吃到吐，难过
常常想哭，不知道为什么
温柔的你，让我感动
成功的喜悦，无法形容
""".strip().splitlines()

_MARK = re.compile(r"\{(\w+):([^}]*)\}")


def marked_sentences() -> list[tuple[str, list[tuple[str, int, int]]]]:
    """Text and (kind, start, end) of each marked sentence."""
    sentences = []
    for line in MARKED:
        text, spans, done = "", [], 0
        for match in _MARK.finditer(line):
            text += line[done : match.start()]
            if match[2]:
                spans.append((match[1], len(text), len(text) + len(match[2])))
                text += match[2]
            done = match.end()
        sentences.append((text + line[done:], spans))
    return sentences
