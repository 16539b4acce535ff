"""Sentences that express no emotion and could stand after anything, from one word to nine."""

from .word_list import line_list

ENGLISH = line_list("""
Noted.
Update.
It's Tuesday.
It's noon.
Part two.
Page four.
See below.
Posted today.
It is Wednesday.
It is noon.
More on Monday.
Written at home.
Typed by phone.
Posted from work.
The date changed.
Row four of nine.
The library opens at nine.
The bus turns at the corner.
The meeting starts at ten.
The package arrives on Thursday.
The shop sells bread and milk.
The train to the coast runs hourly.
The office is on the second floor.
The table is made of wood.
The road goes past the station.
The recipe needs two eggs and some flour.
The lamp stands next to the window.
The next bus leaves in twelve minutes.
The temperature is sixteen degrees today.
The museum is closed on Mondays.
The file has twenty pages.
The river runs through the town.
The door is painted green.
The form has to be signed twice.
The parking lot is behind the building.
Water boils at one hundred degrees.
A week has seven days.
There are twelve months in a year.
There is a bakery on our street.
There is a chair in the kitchen.
My neighbour has a bicycle.
My sister works at the post office.
My cousin lives near the airport.
Our school has three floors.
We had rice and vegetables for lunch.
We watched the news at eight.
I am typing this on my phone.
I am writing this at the kitchen table.
I took the bus this morning.
I bought a notebook and two pens.
I will check my mail in the evening.
I read this on the train.
He is reading the newspaper.
She went to the supermarket.
They are at the office until five.
Someone is using the printer.
This was written on a Tuesday.
This is my second post today.
The weather report comes after the news.
Breakfast is served from seven to nine.
The lecture is in room four.
The calendar hangs in the hall.
""")

CHINESE = line_list("""
周二。
中午。
已发。
第二页。
见下文。
今天周三。
现在是中午。
会议十点开始。
图书馆九点开门。
桌子是木头做的。
办公室在二楼。
公交车停在路口。
一周有七天。
一年有十二个月。
超市在学校旁边。
门是绿色的。
表格要签两次。
停车场在楼后面。
列车每小时一班。
邻居有一辆自行车。
我妹妹在邮局上班。
我们午饭吃了米饭和蔬菜。
我用手机打的字。
我早上坐了公交车。
我买了一个本子和两支笔。
他在看报纸。
她去了超市。
有人在用打印机。
这是今天的第二条。
今天气温十六度。
博物馆周一闭馆。
文件一共二十页。
""")
